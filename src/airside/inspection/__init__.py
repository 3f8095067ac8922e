"""What is in a DAG file, found out beside Airflow: in child processes, in the environment of a workspace.

`facts` says what they report, and is the only module here that the rest of Airside imports.
"""
