"""IDX files: what is written is read back, and what is not exactly an IDX file is refused."""

import gzip
import os
import pickle
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_edu.data import atomic_write, read_idx, write_idx

same_folder_each_time = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

DTYPES = [np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64]
SMALL = struct.pack(">HBBII", 0, 0x08, 2, 2, 3) + bytes(range(6))       # uint8 [[0, 1, 2], [3, 4, 5]]


def file_with(folder, content):
    path = folder / "some-file"
    path.write_bytes(content)
    return path


@same_folder_each_time
@given(array=st.sampled_from(DTYPES).flatmap(
           lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0, max_side=4))),
       compress=st.booleans())
def test_what_is_written_is_read_back(tmp_path, array, compress):
    path = tmp_path / "array"
    write_idx(path, array, compress=compress)
    assert (path.read_bytes()[:2] == b"\x1f\x8b") == compress
    back = read_idx(path)
    assert back.dtype == array.dtype and back.dtype.isnative and back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


def test_bytes_of_a_known_file(tmp_path):
    assert np.array_equal(read_idx(file_with(tmp_path, SMALL)), [[0, 1, 2], [3, 4, 5]])
    write_idx(tmp_path / "again", np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    assert (tmp_path / "again").read_bytes() == SMALL


def test_values_are_big_endian(tmp_path):
    write_idx(tmp_path / "one", np.array([1], "<i2"))
    assert (tmp_path / "one").read_bytes() == bytes([0, 0, 0x0B, 1, 0, 0, 0, 1, 0, 1])
    write_idx(tmp_path / "two", np.array([1], ">i2"))
    assert (tmp_path / "two").read_bytes() == (tmp_path / "one").read_bytes()


def test_views_are_written_in_their_own_order(tmp_path):
    array = np.arange(24, dtype=np.int32).reshape(2, 3, 4)
    write_idx(tmp_path / "view", array.T[::-1, :, ::2])
    assert np.array_equal(read_idx(tmp_path / "view"), array.T[::-1, :, ::2])


def test_name_decides_compression_unless_told(tmp_path):
    for name, compress, packed in [("a.gz", None, True), ("a", None, False), ("b.gz", False, False)]:
        write_idx(tmp_path / name, np.zeros(3, np.uint8), compress=compress)
        assert ((tmp_path / name).read_bytes()[:2] == b"\x1f\x8b") == packed
        assert np.array_equal(read_idx(tmp_path / name), np.zeros(3))


def test_same_array_same_bytes(tmp_path):
    for name in "ab":
        write_idx(tmp_path / name, np.arange(9, dtype=np.uint8), compress=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("content, reason", [
    (b"", "cut short: expected a header of at least 4 bytes, got 0"),
    (SMALL[:3], "cut short: expected a header of at least 4 bytes, got 3"),
    (SMALL[:9], "cut short: the sizes of 2 dimensions need 8 bytes, got 5"),
    (SMALL[:-1], r"cut short: shape \(2, 3\) of uint8 needs 6 bytes, got 5"),
    (SMALL + b"\0", r"too long: shape \(2, 3\) of uint8 needs 6 bytes, but more follow"),
    (b"\x89PNG" + SMALL, "no IDX file: expected it to begin with two zero bytes, got 89 50"),
    (b"\0\0\x0a\x01\0\0\0\0", "unknown type code 0x0a, expected one of 0x08 uint8, .*0x0e float64"),
    (b"\0\0\x08\xff" + bytes(1020), "expected at most 64 dimensions, got 255"),
    (struct.pack(">HBBII", 0, 0x0E, 2, 2**32 - 1, 2**32 - 1),
     "needs 147,573,952,520,956,936,200 bytes, got 0"),
    (struct.pack(">HBB4I", 0, 0x08, 4, 0, *[2**32 - 1] * 3), "NumPy has no array of shape"),
    (pickle.dumps([1, 2]), "no IDX file"),
])
def test_malformed_files_are_refused(tmp_path, content, reason):
    path = file_with(tmp_path, content)
    with pytest.raises(ValueError, match=reason) as plain:
        read_idx(path)
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=reason) as packed:
        read_idx(path)
    assert str(plain.value) == str(packed.value)
    assert str(path) in str(plain.value)


@pytest.mark.parametrize("damage", ["cut", "header only", "flipped", "checksum", "trailing"])
def test_broken_gzip_is_refused(tmp_path, damage):
    packed = bytearray(gzip.compress(SMALL))
    if damage == "cut":
        packed = packed[:-9]
    elif damage == "header only":
        packed = packed[:2]
    elif damage == "flipped":
        packed[10] ^= 0xFF
    elif damage == "checksum":
        packed[-6] ^= 1
    else:
        packed += b"more"
    with pytest.raises(ValueError, match=r"some-file: expected a whole gzip file, but unpacking failed"):
        read_idx(file_with(tmp_path, packed))


@same_folder_each_time
@given(prefix=st.sampled_from([b"", b"\0\0\x08", b"\0\0\x0d\x01", b"\x1f\x8b", SMALL, gzip.compress(SMALL)]),
       rest=st.binary(max_size=40), keep=st.integers(0, 80))
def test_any_bytes_give_an_array_or_a_value_error(tmp_path, prefix, rest, keep):
    path = file_with(tmp_path, (prefix + rest)[:keep])
    try:
        array = read_idx(path)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert isinstance(array, np.ndarray)


def test_a_missing_file_and_a_folder_are_os_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "nothing")
    with pytest.raises(OSError):
        read_idx(tmp_path)


@pytest.mark.parametrize("array", [np.zeros(3, np.int64), np.array([True]), np.array(["a"]),
                                   np.zeros(2, complex), np.array([{}], object),
                                   np.zeros(2, "datetime64[s]"), [1, 2]])
def test_dtypes_without_a_code_are_refused(tmp_path, array):
    with pytest.raises(TypeError, match=r"write_idx: expected one of uint8, int8, .*float64, got .*astype"):
        write_idx(tmp_path / "array", array)
    assert os.listdir(tmp_path) == []


def test_sizes_beyond_the_header_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"write_idx: expected sizes of at most 4,294,967,295"):
        write_idx(tmp_path / "array", np.empty((2**32, 0), np.uint8))


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = file_with(tmp_path, b"old")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as file:
        file.write(b"half of the ne")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


def test_a_write_replaces_the_old_file_at_the_end(tmp_path):
    path = file_with(tmp_path, b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == [path.name]


def test_a_write_needs_a_folder_and_a_name(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_idx(tmp_path / "no folder" / "array", np.zeros(1, np.uint8))
    with pytest.raises(ValueError, match="expected the path of a file"), atomic_write(""):
        pass
