"""星海 (Xinghai): top-ups, phone credit and cards; a number is never sent twice, since a failed one buys anew."""
