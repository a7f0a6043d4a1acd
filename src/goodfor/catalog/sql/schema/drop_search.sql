DROP TRIGGER search_words ON catalog_category;
DROP TRIGGER search_words ON catalog_sku;
DROP TRIGGER search_words ON catalog_product;
DROP FUNCTION catalog_category_words(), catalog_sku_words(), catalog_product_words();
DROP FUNCTION catalog_grams(text);
DROP FUNCTION catalog_plain(text);
