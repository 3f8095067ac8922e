"""Decorators around the functions of tasks."""

import functools
import time


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        begin = time.monotonic()
        try:
            return function(*args, **kwargs)
        finally:
            print(function.__name__, time.monotonic() - begin)

    return wrapper


def retried(times=3):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except OSError:
                    if attempt == times - 1:
                        raise
            return None

        return wrapper

    return decorate


def unwrapped(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper
