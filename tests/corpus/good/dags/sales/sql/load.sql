{% import 'sql/macros.sql' as shared %}
{% from 'sql/macros.sql' import between %}
-- {{ shared.between('day', ds, macros.ds_add(ds, 1)) }}
{% include 'sql/clean.sql' %}
insert into {{ params.table }}
select * from staging where {{ between('day', ds, ds) }}
{% if params.minimum is defined %} and total > {{ params.minimum }}{% endif %}
