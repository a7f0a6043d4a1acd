"""Products and stock."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import ProductUnknown
from goodfor.identity.types import Scope
from goodfor.kernel.errors import InvalidInput
from goodfor.openapi import presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.documented import documented
from goodfor.openapi.errors import InvalidCursor
from goodfor.openapi.examples import CATEGORIES, PRODUCT, PRODUCT_PAGE, STOCK
from goodfor.openapi.params import CATEGORY, CURSOR, LIMIT, SKU_IDS, WORDS
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import CategoriesOut, ProductOut, ProductPage, StockOut
from goodfor.orders import queries as orders
from goodfor.orders.types import DIRECT
from goodfor.supply import queries as supply

router = Router()


@router.get(
    "/products",
    auth=ApiKey(Scope.PRODUCTS_READ),
    response={200: ProductPage},
    operation_id="listProducts",
    summary="List products on sale",
    openapi_extra=documented(Scope.PRODUCTS_READ, answer=PRODUCT_PAGE, errors={400: ["invalid_cursor"]}),
)
def list_products(
    request: ApiRequest,
    category: str | None = CATEGORY,
    q: str | None = WORDS,
    cursor: str | None = CURSOR,
    limit: int = LIMIT,
) -> HttpResponse:
    """Products on sale in the shop's own order."""
    try:
        page = catalog.list_products(request.auth.shop_id, category=category, query=q, after=cursor, limit=limit)
    except InvalidInput as error:
        if error.data.get("field") == "cursor":
            raise InvalidCursor from error
        raise
    return answer({"items": [present.product_card(item) for item in page.items], "next_cursor": page.next})


@router.get(
    "/products/{uuid:product_id}",
    auth=ApiKey(Scope.PRODUCTS_READ),
    response={200: ProductOut},
    operation_id="getProduct",
    summary="One product with its SKUs",
    openapi_extra=documented(Scope.PRODUCTS_READ, answer=PRODUCT, errors={404: ["product_unknown"]}),
)
def get_product(request: ApiRequest, product_id: UUID) -> HttpResponse:
    """A product on sale."""
    product = catalog.get_product(request.auth.shop_id, product_id)
    if not product.on_sale:
        raise ProductUnknown
    forms = {
        sku.id: supply.form_of(request.auth.shop_id, sku.id) for sku in product.skus if sku.delivery_kind == DIRECT
    }
    return answer(present.product(product, forms))


@router.get(
    "/stock",
    auth=ApiKey(Scope.STOCK_READ),
    response={200: StockOut},
    operation_id="getStock",
    summary="How many can be ordered now",
    openapi_extra=documented(Scope.STOCK_READ, answer=STOCK),
)
def get_stock(
    request: ApiRequest,
    sku_ids: list[UUID] = SKU_IDS,
) -> HttpResponse:
    """Free codes of each SKU at this moment, and what suppliers offer of it; an order may still find fewer."""
    found = orders.available(request.auth.shop_id, sku_ids)
    items = [{"sku_id": sku_id, "available": found.get(sku_id, 0)} for sku_id in dict.fromkeys(sku_ids)]
    return answer({"items": items})


@router.get(
    "/categories",
    auth=ApiKey(Scope.PRODUCTS_READ),
    response={200: CategoriesOut},
    operation_id="listCategories",
    summary="The shelves of the shop",
    openapi_extra=documented(Scope.PRODUCTS_READ, answer=CATEGORIES),
)
def list_categories(request: ApiRequest) -> HttpResponse:
    """Those with something on sale, in the shop's own order."""
    return answer({"items": [present.category(item) for item in catalog.categories(request.auth.shop_id)]})
