"""Networks that make things up."""

import math

import numpy as np

from .side_by_side import same


def test_an_autoencoder_with_noise_inside():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class VAE(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.mean, self.logvar = nn.Linear(16, 12), nn.Linear(12, 3), nn.Linear(12, 3)
                self.back = nn.Sequential(nn.Linear(3, 12), nn.ELU(), nn.Linear(12, 16))

            def forward(self, x):
                h = F.relu(self.body(x.view(-1, 16)))
                mu, logvar = self.mean(h), self.logvar(h)
                return torch.sigmoid(self.back(mu + torch.randn_like(logvar) * torch.exp(0.5 * logvar))), mu, logvar

        model, losses = VAE(), []
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        loader = torch.utils.data.DataLoader([(torch.rand(1, 4, 4), 0) for _ in range(12)], batch_size=6, shuffle=True)
        for _ in range(3):
            total = 0
            for x, _label in loader:
                optimizer.zero_grad()
                recon, mu, logvar = model(x)
                bce = F.binary_cross_entropy(recon, x.view(-1, 16), reduction="sum")
                kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
                p = torch.distributions.Normal(mu, (0.5 * logvar).exp())
                q = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
                print(f"{kld:.4f} {torch.distributions.kl_divergence(p, q).sum():.4f}")
                (bce + kld).backward()
                optimizer.step()
                total += (bce + kld).item()
            losses.append(total)
        with torch.no_grad():
            comparison = torch.cat([x[:2], recon.view(-1, 1, 4, 4)[:2]])
        return {"losses": losses, "model": model, "comparison": comparison}

    same(program)


def test_two_networks_against_each_other():
    def program(torch):
        nn = torch.nn

        def start(m):
            name = m.__class__.__name__
            if name.find("Conv") != -1:
                torch.nn.init.normal_(m.weight, 0.0, 0.02)
            elif name.find("BatchNorm") != -1:
                m.weight.data.normal_(1.0, 0.02)
                torch.nn.init.zeros_(m.bias)

        G = nn.Sequential(nn.ConvTranspose2d(5, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU(True),
                          nn.ConvTranspose2d(8, 1, 4, 2, 1, bias=False), nn.Tanh()).apply(start)  # fmt: skip
        D = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True),
                          nn.utils.spectral_norm(nn.Conv2d(8, 1, 4, 1, 0)), nn.Sigmoid()).apply(start)  # fmt: skip
        criterion = nn.BCELoss()
        optimizers = [torch.optim.Adam(net.parameters(), lr=2e-3, betas=(0.5, 0.999)) for net in (D, G)]
        label = torch.full((4,), 1.0)
        for _ in range(3):
            D.zero_grad()
            real, noise = torch.rand(4, 1, 8, 8), torch.randn(4, 5, 1, 1)
            loss_real = criterion(D(real).view(-1), label.fill_(1))
            loss_real.backward()
            fake = G(noise)
            loss_fake = criterion(D(fake.detach()).view(-1), label.fill_(0))
            loss_fake.backward()
            optimizers[0].step()
            G.zero_grad()
            loss_g = criterion(D(fake).view(-1), label.fill_(1))
            loss_g.backward()
            optimizers[1].step()
            gpu = isinstance(real.data, torch.cuda.FloatTensor)
            print("Loss_D: %.4f Loss_G: %.4f" % ((loss_real + loss_fake).item(), loss_g.item()), gpu)  # noqa: UP031
        return G, [p.detach() for p in D.parameters()]

    same(program, rtol=1e-3, atol=1e-5)


def test_a_penalty_on_gradients():
    def program(torch):
        nn, autograd = torch.nn, torch.autograd
        Tensor = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor
        D = nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2), nn.LayerNorm(8), nn.Linear(8, 1))
        rng = np.random.RandomState(0)
        optimizer, losses = torch.optim.AdamW(D.parameters(), lr=1e-2, betas=(0.0, 0.9)), []
        real, fake = autograd.Variable(torch.randn(5, 6).type(Tensor)), torch.rand(5, 6)
        for _ in range(4):
            alpha = Tensor(rng.random_sample((5, 1)))
            between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
            gradient = autograd.grad(outputs=D(between), inputs=between, grad_outputs=Tensor(5, 1).fill_(1.0),
                                     create_graph=True, retain_graph=True, only_inputs=True)[0]  # fmt: skip
            penalty = ((gradient.view(gradient.size(0), -1).norm(2, dim=1) - 1) ** 2).mean()
            loss = -torch.mean(D(real)) + torch.mean(D(fake)) + 10 * penalty
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        for p in D.parameters():
            p.data.clamp_(-0.1, 0.1)
        return {"losses": losses, "D": D, "penalty": penalty}

    same(program)


def test_a_flow_that_can_be_turned_back():
    def program(torch):
        nn, D = torch.nn, torch.distributions

        class Coupling(nn.Module):
            def __init__(self, mask):
                super().__init__()
                self.register_buffer("mask", torch.tensor(mask))
                self.net = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(), nn.Linear(8, 4))

            def parts(self, x):
                s, t = self.net(x * self.mask).chunk(2, dim=-1)
                return torch.tanh(s) * (1 - self.mask), t * (1 - self.mask)

            def forward(self, z):
                s, t = self.parts(z)
                return z * torch.exp(s) + t

            def inverse(self, x):
                s, t = self.parts(x)
                return (x - t) * torch.exp(-s), -s.sum(dim=1)

        prior = D.MultivariateNormal(torch.zeros(2), torch.eye(2))
        layers = nn.ModuleList([Coupling(mask) for mask in ([0.0, 1.0], [1.0, 0.0])])
        optimizer, losses = torch.optim.Adam(layers.parameters(), lr=3e-2), []
        x = torch.randn(32, 2) * 0.5 + 1
        for _ in range(4):
            z, log_det = x, x.new_zeros(x.shape[0])
            for layer in reversed(layers):
                z, change = layer.inverse(z)
                log_det += change
            loss = -(prior.log_prob(z) + log_det).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        sample = prior.sample((3,))
        for layer in layers:
            sample = layer(sample)
        return {"losses": losses, "layers": layers, "sample": sample}

    same(program)


def test_noise_taken_away_step_by_step():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        steps = 10
        betas = torch.linspace(1e-4, 0.2, steps)
        alphas_cumprod = torch.cumprod(1.0 - betas, axis=0)
        before = F.pad(alphas_cumprod[:-1], (1, 0), value=1.0)
        variance = betas * (1.0 - before) / (1.0 - alphas_cumprod)

        def extract(a, t, shape):
            return a.gather(-1, t.cpu()).reshape(t.shape[0], *((1,) * (len(shape) - 1))).to(t.device)

        class Eps(nn.Module):
            def __init__(self):
                super().__init__()
                self.time = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
                self.conv, self.norm, self.out = nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.Conv2d(4, 1, 1)
                self.to_qkv = nn.Conv2d(4, 12, 1, bias=False)

            def forward(self, x, t):
                freqs = torch.exp(torch.arange(4, device=t.device) * -(math.log(10000) / 3))
                angle = t[:, None] * freqs[None, :]
                scale, shift = self.time(torch.cat((angle.sin(), angle.cos()), dim=-1))[..., None, None].chunk(2, dim=1)
                h = F.silu(self.norm(self.conv(x)) * (scale + 1) + shift)
                b, c, height, width = h.shape
                q, k, v = (part.reshape(b, 2, c // 2, -1) for part in self.to_qkv(h).chunk(3, dim=1))
                sim = torch.einsum("b h d i, b h d j -> b h i j", q * 2**-0.5, k)
                sim = sim - sim.amax(dim=-1, keepdim=True).detach()
                h = h + torch.einsum("b h i j, b h d j -> b h d i", sim.softmax(dim=-1), v).reshape(b, c, height, width)
                return self.out(h)

        model, x0, losses = Eps(), torch.rand(8, 1, 5, 5) * 2 - 1, []
        optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
        noise, t = torch.randn_like(x0), torch.randint(0, steps, (8,)).long()
        for _ in range(4):
            noisy = extract(alphas_cumprod.sqrt(), t, x0.shape) * x0
            noisy = noisy + extract(torch.sqrt(1 - alphas_cumprod), t, x0.shape) * noise
            loss = F.smooth_l1_loss(noise, model(noisy, t))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

        @torch.no_grad()
        def sample(x):
            for i in reversed(range(steps)):
                t = torch.full((x.shape[0],), i, dtype=torch.long)
                eps = model(x, t) * extract(betas, t, x.shape) / extract((1 - alphas_cumprod).sqrt(), t, x.shape)
                x = extract((1 - betas).rsqrt(), t, x.shape) * (x - eps)
                x = x if i == 0 else x + torch.sqrt(extract(variance, t, x.shape)) * torch.randn_like(x)
            return x

        return {"losses": losses, "model": model, "made": sample(torch.randn(2, 1, 5, 5))}

    same(program, rtol=1e-3, atol=1e-5)


def test_a_code_book():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        book = nn.Embedding(5, 3)
        book.weight.data.uniform_(-1 / 5, 1 / 5)
        encoder, decoder = nn.Conv2d(1, 3, 4, 2, 1), nn.ConvTranspose2d(3, 1, 4, 2, 1)
        params = [*encoder.parameters(), *book.parameters(), *decoder.parameters()]
        optimizer, losses, x = torch.optim.Adam(params, lr=1e-2, amsgrad=True), [], torch.rand(2, 1, 8, 8)
        for _ in range(4):
            z = encoder(x).permute(0, 2, 3, 1).contiguous()
            flat = z.view(-1, 3)
            distances = torch.sum(flat**2, dim=1, keepdim=True) + torch.sum(book.weight**2, dim=1)
            distances = torch.addmm(distances, flat, book.weight.t(), alpha=-2.0)
            indices = torch.argmin(distances, dim=1).unsqueeze(1)
            codes = torch.zeros(indices.shape[0], 5).scatter_(1, indices, 1)
            quantized = torch.matmul(codes, book.weight).view(z.shape)
            loss = F.mse_loss(quantized, z.detach()) + 0.25 * F.mse_loss(quantized.detach(), z)
            quantized = z + (quantized - z).detach()  # the gradient goes straight through
            loss = loss + F.mse_loss(decoder(quantized.permute(0, 3, 1, 2)), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            share = torch.mean(codes, dim=0)
            print(f"{torch.exp(-torch.sum(share * torch.log(share + 1e-10))):.4f}")
            losses.append(loss.item())
        return {"losses": losses, "book": book, "encoder": encoder, "indices": indices}

    same(program)
