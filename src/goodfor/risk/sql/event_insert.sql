INSERT INTO risk_event (shop_id, at, scene, result, amount_minor, buyer, device, network, address, phone, mail, instrument,
    batch, referrer, subject_id, decision_id)
VALUES (%(shop)s, %(at)s, %(scene)s, %(result)s, %(amount)s, %(buyer)s, %(device)s, %(network)s, %(address)s, %(phone)s,
    %(mail)s, %(instrument)s, %(batch)s, %(referrer)s, %(subject)s, %(decision)s)
RETURNING id
