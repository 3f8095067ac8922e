"""The pipelines that ship a workspace: GitHub Actions, GitLab CI, CircleCI, Jenkins.

All run the same commands. On a pull request: check, test, plan. On the branch: deploy. On a tag: promote, if
somebody agrees.
"""
