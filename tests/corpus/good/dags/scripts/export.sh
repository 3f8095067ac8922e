#!/bin/bash
echo "{{ ds }}" "${HOME}" "$(date)" {{ params.table }}
