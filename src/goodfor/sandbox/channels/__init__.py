"""Stand-ins for four payment channels in one process: WeChat Pay, Alipay, Stripe and PayPal, each under its own prefix.

They share no code with the product, so that their books are an independent witness of what money did. Public surface:
`server.running_channels`, `server.serve`, `client.ChannelsClient`, `demo`.
"""
