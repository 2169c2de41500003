"""The texts below the fields of a model, read from its source when somebody wants to see them.

Models do not carry them: to read the source of every class would cost each start as much as the rest of its imports.
"""

import ast
import inspect
import textwrap

from pydantic import BaseModel


def attribute_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Key of each field → the text below its definition, as one line."""
    found: dict[str, str] = {}
    for each in reversed([base for base in model.__mro__ if issubclass(base, BaseModel) and base is not BaseModel]):
        body = ast.parse(textwrap.dedent(inspect.getsource(each))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
                said = text.value.value if isinstance(text.value, ast.Constant) else None
                name = field.target.id
                if isinstance(said, str) and name in model.model_fields:
                    found[model.model_fields[name].alias or name] = " ".join(said.split())
    return found
