"""The release benchmark: releases on their way to workers, against Airflow's own bundles, on one server."""
