{% macro between(column, first, last) %}{{ column }} between '{{ first }}' and '{{ last }}'{% endmacro %}
