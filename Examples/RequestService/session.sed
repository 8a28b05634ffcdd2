# The heartbeat makes them grow, or is under way just now.
s/(accepted|succeeded) [0-9]+/\1 N/g
s/(now|highest) [0-9.]+ MiB/\1 N MiB/g
s/one sample of .*$/samples/
s/heartbeat [0-9]+ s ago/heartbeat N s ago/
s/[0-9]+ connections/N connections/
s/in flight [01]/in flight N/
