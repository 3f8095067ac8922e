"""The image of the platform: Airflow, the locked packages and Airside, and no workflows: releases bring those."""
