"""unittest.mock: calls, patches, failures."""
import os
from unittest import mock
m = mock.Mock(return_value=3, side_effect=None)
print(m(1, a=2), m.call_args, m.called, m.mock_calls, mock.MagicMock().__len__())
with mock.patch('os.getcwd', return_value='/mocked') as g:
    print(os.getcwd(), g.call_count)
try:
    m.assert_called_with(5)
except AssertionError as e:
    print(e)
