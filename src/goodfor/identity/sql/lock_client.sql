-- Lock one API client, so that two rotations follow one another.
SELECT id FROM identity_api_client WHERE shop_id = %(shop_id)s AND id = %(client_id)s FOR UPDATE
