"""Questions over a world's database: templates in, tasks with executed golds out.

A family over a relational world is a tuple of templates and one `QuestionFamily`. Each template
has two solutions that share no code: SQL, which is executed for the gold, and pandas, which is
the reference. Families test that both agree.
"""

from task_store.questions.family import QuestionFamily
from task_store.questions.template import Draw, Pool, Slots, Template, Unanswerable

__all__ = ["Draw", "Pool", "QuestionFamily", "Slots", "Template", "Unanswerable"]
