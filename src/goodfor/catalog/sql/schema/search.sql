-- Words to be searched, of any script: pg_trgm sees no Chinese characters under the C locale that the embedded server has.
CREATE FUNCTION catalog_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT AS $$
    SELECT lower(normalize(words, NFKC))
$$;

-- All single characters and pairs of neighbours, without white space: 酷玩 50 gives 酷, 玩, 酷玩, 5, 0, 50.
CREATE FUNCTION catalog_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}')
    FROM generate_series(1, length(words)) AS at, (VALUES (1), (2)) AS size (n), substr(words, at, n) AS g
    WHERE length(g) = n AND g !~ '\s'
$$;

CREATE FUNCTION catalog_product_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_name := catalog_plain(NEW.name);
    NEW.search_text := catalog_plain(concat_ws(E'\n', NEW.name, NEW.summary,
        (SELECT c.name FROM catalog_category c WHERE c.shop_id = NEW.shop_id AND c.id = NEW.category_id),
        (SELECT string_agg(DISTINCT s.face_value_label, E'\n') FROM catalog_sku s
         WHERE s.shop_id = NEW.shop_id AND s.product_id = NEW.id AND s.on_sale AND s.face_value_label <> '')));
    NEW.search_grams := catalog_grams(NEW.search_text);
    RETURN NEW;
END
$$;
CREATE TRIGGER search_words BEFORE INSERT OR UPDATE OF name, summary, category_id ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_product_words();

-- A face value came, went or was renamed: writing the name again has the words renewed.
CREATE FUNCTION catalog_sku_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE catalog_product SET name = name WHERE shop_id = OLD.shop_id AND id = OLD.product_id;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.product_id <> OLD.product_id) THEN
        UPDATE catalog_product SET name = name WHERE shop_id = NEW.shop_id AND id = NEW.product_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_words AFTER INSERT OR DELETE OR UPDATE OF face_value_label, on_sale, product_id ON catalog_sku
    FOR EACH ROW EXECUTE FUNCTION catalog_sku_words();

CREATE FUNCTION catalog_category_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_product SET name = name WHERE shop_id = NEW.shop_id AND category_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_words AFTER UPDATE OF name ON catalog_category
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION catalog_category_words();

UPDATE catalog_product SET name = name;
