"""What the files of this folder share: no workflow."""

import pendulum


def owner():
    return "finance"


def months_back(day, count):
    return pendulum.parse(day).subtract(months=count).format("YYYY-MM")
