select * from {{ params.table }} where day = '{{ ds }}'
