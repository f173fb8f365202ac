"""The differential fuzzer: random cases, and what the program says of them against what PostgreSQL does."""
