"""Connections and variables from the files of other tools: Airflow's exports, Helm values, `.env`, astro."""
