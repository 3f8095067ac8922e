from airflow.sdk import dag, task


@dag
def package_in_a_task():
    @task
    def load():
        import no_such_package  # expect: missing-package

        return no_such_package.rows()

    load()


package_in_a_task()
