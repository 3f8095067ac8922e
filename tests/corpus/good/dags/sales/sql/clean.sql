delete from {{ params.table }} where day = {{ "'" ~ ds ~ "'" }};
