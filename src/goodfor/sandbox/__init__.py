"""A local stand-in for an EPay gateway: the real protocol over HTTP, its own books, faults on demand.

It stands beside the house: it imports no other room and no Django, so that what it says about money is an
independent witness. Public surface: `server.serve`, `server.running_gateway`, `client.ControlClient`,
`demo.demo_merchant`.
"""
