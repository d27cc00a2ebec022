"""What a reader sees and what a program calls: pages, acts and the HTTP interface."""
