"""异次元发卡 acg-faka shared stores: many small shops; a purchase whose reply is lost cannot be asked about."""
