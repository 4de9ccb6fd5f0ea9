"""What only many repetitions show: `make soak` counts it, and exits 1 on anything wrong."""
