from airflow.sdk import BaseBranchOperator


class BranchByWeekday(BaseBranchOperator):
    """Takes one way on Mondays."""

    def __init__(self, *, on_monday, otherwise, **kwargs):
        super().__init__(**kwargs)
        self.on_monday = on_monday
        self.otherwise = otherwise

    def choose_branch(self, context):
        day = context["logical_date"].isoweekday()
        if day == 1:
            return self.on_monday
        return self.otherwise
