"""Stand-ins of suppliers: sites that speak a vendor's protocol, verify every signature and keep books of their own.

`books.Site` is what all protocols share: money, items, orders, codes, and switches for what goes wrong. A vendor module
(`kasushou`) turns requests into calls of a site and its results into the vendor's shapes and codes. It knows nothing of
the product. To add a vendor: a module with `answer(site, request)` and `config(site, url)`, and its name in
`server.VENDORS`.
"""
