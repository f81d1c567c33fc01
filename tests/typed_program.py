"""A training script as users write it, for the type checker to read (test_stubs.py). It is never run."""

from typing import reveal_type

import tinygrad_edu as torch
import tinygrad_edu.nn as nn
import tinygrad_edu.nn.functional as F
from tinygrad_edu.optim.lr_scheduler import StepLR
from tinygrad_edu.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        self.fc1 = nn.Linear(4, hidden)
        self.fc2 = nn.Linear(hidden, 3)
        self.layers = nn.Sequential(self.fc1, nn.ReLU(), nn.Dropout(0.1), self.fc2)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x) + self.fc2(F.relu(self.fc1(x)))


torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x = torch.randn(64, 4)
y = torch.randint(0, 3, (64,))
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = Net().to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
scheduler = StepLR(optimizer, step_size=1, gamma=0.5)
criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    total = 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * images.size(0)
    scheduler.step()
    with torch.no_grad():
        accuracy = (model(x).argmax(dim=1) == y).float().mean().item()
    print(f"epoch {epoch} loss {total / 64:.4f} accuracy {accuracy:.3f}")

best, where = x.max(dim=1)
first, second = x.chunk(2, dim=1)
mask = x > 0
x[mask] = 0.0
x.masked_fill_(mask, 1.0).add_(1, alpha=2).clamp_(min=0)
n: int = x.size(0)
x = x.to(device).to(torch.float32).reshape(n, x.shape[1]).view(-1, 8).transpose(0, 1).contiguous()
table = torch.zeros((2, 3), dtype=torch.float64, requires_grad=True)
picked = torch.multinomial(F.softmax(x, dim=-1), num_samples=1)
joined = torch.cat([x, x], dim=0) @ x.t() + torch.stack([x, x], dim=0).permute(1, 0, 2).squeeze(1)
array = x.detach().cpu().numpy()
numbers = torch.from_numpy(array).long().tolist()
for p in model.parameters():
    p.data.add_(torch.zeros_like(p) if p.grad is None else p.grad, alpha=-0.1)
    p.grad = None
out, (h, c) = nn.LSTM(4, 8, batch_first=True)(torch.randn(2, 5, 4))
rest = (1 - x, 2.0**x, -x, abs(x), x // 2, ~mask & mask, x.std(), x.var(unbiased=False), x.norm(p=2, dim=-1))
torch.save(model.state_dict(), "model.safetensors")

reveal_type(x.sum(0, keepdim=True))  # Tensor
reveal_type(torch.exp(x))  # Tensor
reveal_type(x.max())  # Tensor
reveal_type(x.max(1).values)  # Tensor
reveal_type(x.exp_().add_(1))  # Tensor
reveal_type(x.size(0))  # int
reveal_type(x.split(2))  # tuple[Tensor, ...]
reveal_type(1 / x)  # Tensor
reveal_type(x[0])  # Tensor
reveal_type(x.grad)  # Tensor | None
reveal_type(torch.where(x > 0, x, 0))  # Tensor
reveal_type(torch.LongTensor([1]).float())  # Tensor
reveal_type(F.max_pool2d(x, 2))  # Tensor
reveal_type(torch.linalg.svd(x).S)  # Tensor
reveal_type(nn.Linear(2, 3).weight.data)  # Tensor
