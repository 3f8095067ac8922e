{% include 'contract/sql/no_such_part.sql' %} -- # expect: missing-template
select 1
