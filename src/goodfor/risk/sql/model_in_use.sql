-- Of all shops: which kinds of acts have a model that scores. For the start of a process.
SELECT DISTINCT shop_id, scene_group FROM risk_model WHERE state IN ('champion', 'shadow')
