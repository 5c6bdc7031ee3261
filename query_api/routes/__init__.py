"""The routes: a request's parameters in, one of `models` out. Errors are raised as problems."""
