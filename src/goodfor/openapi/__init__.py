"""REST v1: translate a request, make one domain call, translate the answer."""
