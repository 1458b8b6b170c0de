"""Sending files to where people can watch them: the protocols of the services, and the network.

Nothing here knows windows, the keyring, the library or jobs: a service brings secrets, keeps
checkpoints and writes rows. Only this package may talk to servers.
"""
