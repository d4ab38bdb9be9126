"""The processes that scripts run in. They import nothing else of ours.

Python, boto3 and the clients that a script makes are there from its second run on: they take most
of a second. Another script has another process, so that it finds nothing of this one.

AWS calls do not go over the network: they are handed to whoever started the process, and so is
waiting. `time.time` and `time.monotonic` show a script the time that it would have in AWS;
`datetime` is the machine's, as signatures are made with it. A process that a script forks off has
none of this: it calls the embedded AWS over the network, and its time is the machine's.
"""
