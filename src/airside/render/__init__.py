"""Files that run the platform elsewhere: containers, Kubernetes, machines, a PaaS, and the pipelines that ship to it.

Pure functions from the settings of a workspace to the text of files; the same settings give the same bytes. Who writes
them, and compares them with what is on disk, is `airside.cli`.
"""
