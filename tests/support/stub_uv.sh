#!/bin/bash
# Stands for uv on a machine of a test: makes an environment whose programs say what they were given and then wait.
set -eu
[ "$1" = venv ] || exit 0
environment=${*: -1}
mkdir -p "$environment/bin"
cat >"$environment/bin/python" <<'PROGRAM'
#!/bin/bash
[ "$1" = -c ] || exec sleep infinity
PROGRAM
cat >"$environment/bin/airflow" <<'PROGRAM'
#!/bin/bash
touch "/var/lib/airside/home/$1" 2>/dev/null || true
env -0 >"/var/lib/airside/variables-of-$1"
[ "$1" != db ] || exit 0
sleep infinity &
task=$!
# A worker that is told to end waits for its task, which nobody else may end.
ending() {
  until [ -e /var/lib/airside/task-has-ended ]; do sleep 0.05; done
  kill -0 "$task" && touch /var/lib/airside/ended-after-its-task
  exit 0
}
trap ending TERM
wait
PROGRAM
cp "$environment/bin/airflow" "$environment/bin/airside"
chmod 755 "$environment"/bin/*
