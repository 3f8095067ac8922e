"""What any platform as a service needs, of the kind that runs an image, gives variables and watches a port.

`Provider` says what is special about one; `app_files` makes the files of an app. Another one (Scalingo, Heroku) is a
small renderer that has its own `Provider` and its own scripts around that.
"""
