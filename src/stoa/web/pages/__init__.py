"""The pages, one a file: read the request, ask the square, hand records to a template."""
