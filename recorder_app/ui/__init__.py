"""The windows. Nothing here records or stores: everything is asked of processes and services.

Nothing slow happens on the thread that draws: no device, no bus call that waits, no disk scan, no
database.
"""
