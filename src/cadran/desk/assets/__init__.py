"""Assets, and the products, versions and known errors behind them."""
