"""The platform on Clever Cloud: two apps of Docker, or three with Celery, a PostgreSQL add-on and buckets."""
