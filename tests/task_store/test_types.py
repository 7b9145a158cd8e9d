"""Task ids and the public half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from task_store.types import Task, TaskId
from tests._requirements import requirement
from tests.toy import toy_entries


@requirement("store:task-id")
def test_a_task_id_has_three_parts() -> None:
    task_id = TaskId("medcalcbench/test/17")
    assert (task_id.family, task_id.split_name, task_id.key) == ("medcalcbench", "test", "17")


@requirement("store:task-id")
@pytest.mark.parametrize(
    "text", ["", "a/b", "a/holdout/1", "A/test/1", "a/test/../x", "a/test/1\n", "a/test/" + "9" * 300]
)
def test_what_is_no_task_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a task id"):
        TaskId(text)


@requirement("store:task-id")
@given(st.text(max_size=50))
def test_any_text_is_a_task_id_or_a_value_error(text: str) -> None:
    try:
        assert TaskId(text) == text
    except ValueError as error:
        assert "family/split/key" in str(error)


@requirement("store:content-hash")
def test_the_content_hash_follows_the_content() -> None:
    task = toy_entries()[0].task
    assert task.content_hash == Task.model_validate(task.model_dump()).content_hash
    assert task.content_hash != task.model_copy(update={"category": "other"}).content_hash


@requirement("store:public-half")
def test_a_task_refuses_fields_of_the_private_half() -> None:
    data = toy_entries()[0].task.model_dump()
    with pytest.raises(ValidationError):
        Task.model_validate({**data, "gold": 4})
