"""The measuring instrument behind script/bench."""
