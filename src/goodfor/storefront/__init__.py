"""What a buyer sees: pages that translate a request, make one domain call, and translate the answer back."""
