"""Assets, and the products and versions behind them."""
