-- What is not known comes as 0 or the nil UUID: values are always of one type, so that one prepared statement serves all.
INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, buyer, device, network, address, phone, mail, instrument,
    batch, referrer, subject_id, decision_id)
VALUES (%(shop)s, %(at)s, %(scene)s, %(result)s, %(amount)s, nullif(%(buyer)s, 0), nullif(%(device)s, 0),
    nullif(%(network)s, 0), nullif(%(address)s, 0), nullif(%(phone)s, 0), nullif(%(mail)s, 0), nullif(%(instrument)s, 0),
    nullif(%(batch)s, 0), nullif(%(referrer)s, 0), nullif(%(subject)s, %(nobody)s), nullif(%(decision)s, %(nobody)s))
RETURNING id
