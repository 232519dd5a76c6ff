#!/bin/sh
# The seed's master script, without its second of grace: a delivery script for each customer.
for dir in "$1"/*/; do
	"${0%/*}/seed-flush.sh" "$dir" &
	wait
done
