"""Ask: a question in, checked claims out; handed ports, it does no input or output of its own."""
