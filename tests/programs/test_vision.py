"""Images: classifiers, pairs, styles, segmentation, attacks."""

import collections

from .side_by_side import same


def accuracy(output, target, topk=(1,)):
    """As training scripts for many classes count it."""
    _, pred = output.topk(max(topk), 1, True, True)
    correct = pred.t().eq(target.view(1, -1).expand_as(pred.t()))
    return [correct[:k].reshape(-1).float().sum(0, keepdim=True).mul_(100.0 / target.size(0)) for k in topk]


def test_a_classifier_with_an_evaluation_loop_and_a_schedule(tmp_path):
    def program(torch):
        nn, F, data = torch.nn, torch.nn.functional, torch.utils.data

        class Net(nn.Module):
            def __init__(self):
                super(Net, self).__init__()  # noqa: UP008 (as people write it)
                self.conv1, self.conv2 = nn.Conv2d(1, 4, 3, 1), nn.Conv2d(4, 8, kernel_size=3)
                self.drop, self.drop2d = nn.Dropout(0.25), nn.Dropout2d()
                self.fc1, self.fc2 = nn.Linear(72, 16), nn.Linear(16, 10)

            def forward(self, x):
                x = F.relu(F.max_pool2d(self.conv1(x), 2))
                x = F.relu(self.drop2d(self.conv2(x)))
                x = self.fc1(self.drop(torch.flatten(x, 1)))
                return F.log_softmax(self.fc2(F.dropout(F.relu(x), training=self.training)), dim=1)

        torch.manual_seed(3)
        use_accel = torch.accelerator.is_available()
        device = torch.accelerator.current_accelerator() if use_accel else torch.device("cpu")
        labels = torch.arange(24) % 4
        images = torch.randn(24, 1, 12, 12) + labels.view(-1, 1, 1, 1)
        loader = data.DataLoader(data.TensorDataset(images, labels), batch_size=8, shuffle=True, num_workers=0)
        model = Net().to(device)
        optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
        print(model, optimizer, device, sep="\n")
        losses = []
        for epoch in range(1, 4):
            model.train()
            for batch, (x, target) in enumerate(loader):
                optimizer.zero_grad()
                loss = F.nll_loss(model(x.to(device)), target.to(device))
                loss.backward()
                optimizer.step()
                print(f"Epoch {epoch} [{batch * len(x)}/{len(loader.dataset)}]\tLoss: {loss.item():.3f}")
            model.eval()
            total, right = 0, 0
            with torch.no_grad():
                for x, target in loader:
                    output = model(x)
                    total += F.nll_loss(output, target, reduction="sum").item()
                    pred = output.argmax(dim=1, keepdim=True)
                    right += pred.eq(target.view_as(pred)).sum().item()
            print(f"{100.0 * right / len(loader.dataset):.0f}%", accuracy(output, target, (1, 3)))
            losses.append(total / len(loader.dataset))
            scheduler.step()
        path = str(tmp_path / ("mnist" + torch.__name__))
        torch.save(model.state_dict(), path)
        again = Net()
        print(again.load_state_dict(torch.load(path, map_location=device, weights_only=True)))
        return {"losses": losses, "model": model, "again": again, "rates": scheduler.get_last_lr()}

    same(program)


def test_a_residual_network_that_goes_on_from_a_checkpoint(tmp_path):
    def program(torch):
        nn = torch.nn

        class Block(nn.Module):
            def __init__(self, inner, outer, stride=1):
                super().__init__()
                self.body = nn.Sequential(
                    nn.Conv2d(inner, outer, 3, stride, padding=1, bias=False),
                    nn.BatchNorm2d(outer),
                    nn.ReLU(inplace=True),
                    nn.Conv2d(outer, outer, 3, padding=1, bias=False),
                    nn.BatchNorm2d(outer),
                )
                self.skip = nn.Identity() if inner == outer else nn.Conv2d(inner, outer, 1, stride)

            def forward(self, x):
                out = self.body(x)
                out += self.skip(x)
                return out.relu_()

        def make():
            net = nn.Sequential(collections.OrderedDict(
                stem=nn.Conv2d(3, 4, 7, 2, 3), pool=nn.MaxPool2d(3, 2, 1), one=Block(4, 4), two=Block(4, 8, 2),
                average=nn.AdaptiveAvgPool2d((1, 1)), flat=nn.Flatten(), head=nn.Linear(8, 5)))  # fmt: skip
            for m in net.modules():
                if isinstance(m, nn.Conv2d):
                    nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                elif isinstance(m, nn.modules.batchnorm._BatchNorm):
                    nn.init.constant_(m.weight, 1)
            return nn.DataParallel(net)

        torch.backends.cudnn.benchmark = True
        model, criterion = make(), nn.CrossEntropyLoss(label_smoothing=0.1)
        optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4, nesterov=True)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
        x, y = torch.randn(6, 3, 32, 32), torch.randint(5, (6,))
        losses = []

        def train(steps):
            model.train()
            for _ in range(steps):
                output = model(x)
                loss = criterion(output, y)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                optimizer.step()
                scheduler.step()
                losses.append(loss.item())
                print(f"{norm:.2f} {losses[-1]:.4e}", accuracy(output.detach(), y, (1, 3)), scheduler.get_last_lr())

        train(2)
        path = str(tmp_path / ("checkpoint" + torch.__name__))
        torch.save({"epoch": 2, "state_dict": model.state_dict(), "optimizer": optimizer.state_dict(),
                    "scheduler": scheduler.state_dict()}, path)  # fmt: skip
        model = make()
        optimizer = torch.optim.SGD(model.parameters(), 0.5, momentum=0.9)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=9)
        checkpoint = torch.load(path, map_location="cpu")
        model.load_state_dict(checkpoint["state_dict"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        scheduler.load_state_dict(checkpoint["scheduler"])
        train(2)
        return {"losses": losses, "model": model, "epoch": checkpoint["epoch"], "group": len(optimizer.param_groups)}

    same(program, rtol=1e-3, atol=1e-5)


def test_pairs_of_images_from_a_data_set_of_ones_own():
    def program(torch):
        nn = torch.nn

        class Pairs(torch.utils.data.Dataset):
            def __init__(self):
                self.images = torch.randint(0, 255, (20, 8, 8), dtype=torch.uint8).unsqueeze(1).clone()

            def __len__(self):
                return 10

            def __getitem__(self, index):
                other = index if index % 2 else index + 10
                target = torch.tensor(float(index % 2), dtype=torch.float)
                return self.images[index].float() / 255, self.images[other].clone().float() / 255, target

        body = nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.PReLU(), nn.AdaptiveAvgPool2d(1),
                             nn.Linear(4, 1))  # fmt: skip
        body = nn.Sequential(*list(body.children())[:-1], nn.Flatten())
        head = nn.Sequential(nn.Linear(4, 8), nn.SiLU(), nn.Linear(8, 1), nn.Sigmoid())

        def start(m):
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                m.bias.data.fill_(0.01)

        head.apply(start)
        criterion, losses = nn.BCELoss(), []
        optimizer = torch.optim.Adam([{"params": body.parameters(), "lr": 1e-3}, {"params": head.parameters()}], lr=0.1)
        for _ in range(4):
            for a, b, target in torch.utils.data.DataLoader(Pairs(), batch_size=10):
                outputs = head((body(a) - body(b)).abs()).squeeze()
                loss = criterion(outputs, target) + 0.1 * nn.TripletMarginLoss()(body(a), body(b), body(a.flip(0)))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            pred = torch.where(outputs > 0.5, 1, 0)
            print(pred.eq(target.view_as(pred)).sum().item(), pred.dtype == torch.int64)
            losses.append(loss.item())
        return {"losses": losses, "body": body, "head": head}

    same(program)


def test_the_style_of_one_image_and_the_content_of_another():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        torch.set_default_dtype(torch.float64)  # LBFGS leads far away on the rounding of float32
        vgg = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2),
                            nn.Conv2d(4, 4, 3, padding=1), nn.InstanceNorm2d(4, affine=True), nn.ReLU())  # fmt: skip
        vgg.eval()
        for param in vgg.parameters():
            param.requires_grad = False

        def gram(y):
            b, c, h, w = y.size()
            features = y.view(b, c, h * w)
            return features.bmm(features.transpose(1, 2)) / (c * h * w)

        def normalized(batch):
            mean, std = (batch.new_tensor(row).view(-1, 1, 1) for row in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
            return (batch - mean) / std

        content, style = torch.rand(1, 3, 8, 8), torch.rand(3, 8, 8).repeat(1, 1, 1, 1)
        goal, look = vgg(normalized(content)).detach(), gram(vgg(normalized(style))).detach()
        image = content.clone().requires_grad_(True)
        optimizer, losses = torch.optim.LBFGS([image]), []

        def closure():
            with torch.no_grad():
                image.clamp_(0, 1)
            optimizer.zero_grad()
            features = vgg(normalized(image))
            style_loss = 0
            style_loss += F.mse_loss(gram(features), look)
            style_loss *= 1e3
            loss = style_loss + F.mse_loss(features, goal)
            loss.backward()
            losses.append(loss.item())
            return loss

        for _ in range(2):
            optimizer.step(closure)
        picture = image.detach().clamp(0, 1)[0].mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0)
        picture = picture.to("cpu", torch.uint8)
        print(f"{losses[0]:.6f} {losses[-1]:.6f}", picture.numpy().shape)
        return {"losses": losses, "image": image}

    same(program)


def test_where_a_network_looks_and_how_to_fool_it():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 4))
        seen = {}
        hooks = [
            net[0].register_forward_hook(lambda m, args, output: seen.update(activation=output.detach())),
            net[0].register_full_backward_hook(lambda m, ins, outs: seen.update(gradient=outs[0], inputs=ins)),
            net[4].register_full_backward_pre_hook(lambda m, outs: (outs[0] * 3,)),
            net[4].register_full_backward_hook(lambda m, ins, outs: (ins[0] * 2,)),
        ]
        x = torch.rand(2, 1, 6, 6)
        output = net(x)
        output[torch.arange(2), output.argmax(1)].sum().backward()
        weights = seen["gradient"].mean(dim=(2, 3), keepdim=True)
        cam = F.relu((weights * seen["activation"]).sum(1, keepdim=True))
        cam = F.interpolate(cam, size=(6, 6), mode="bilinear", align_corners=False)
        for hook in hooks:
            hook.remove()

        x.requires_grad = True
        net.zero_grad()
        loss = F.nll_loss(F.log_softmax(net(x), dim=1), torch.tensor([1, 2]))
        loss.backward()
        attack = torch.clamp(x + 0.1 * x.grad.data.sign(), 0, 1)
        print(net(x).max(1, keepdim=True)[1].view(-1).tolist(), seen["inputs"], net[0].weight.grad.size(2))
        return cam, x.grad, attack, F.cross_entropy(net(attack), torch.tensor([1, 2])) > loss

    same(program)


def test_a_u_shaped_network_with_a_loss_of_overlap():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        torch.set_default_dtype(torch.float64)  # RMSprop divides small gradients by small ones

        def double(i, o):
            conv = nn.Conv2d(i, o, 3, padding="same", bias=False)
            return nn.Sequential(conv, nn.GroupNorm(2, o), nn.ReLU(inplace=True))

        class UNet(nn.Module):
            def __init__(self):
                super().__init__()
                self.downs = nn.ModuleList([double(1, 4), double(4, 8)])
                self.middle, self.ups = double(8, 16), nn.ModuleList()
                for n in reversed([4, 8]):
                    self.ups.append(nn.ConvTranspose2d(n * 2, n, kernel_size=2, stride=2))
                    self.ups.append(double(n * 2, n))
                self.last = nn.Conv2d(4, 1, 1)

            def forward(self, x):
                skips = []
                for down in self.downs:
                    x = down(x)
                    skips.append(x)
                    x = F.max_pool2d(x, 2)
                x = self.middle(x)
                for up, join, skip in zip(self.ups[::2], self.ups[1::2], skips[::-1], strict=True):
                    x = up(x)
                    dy, dx = (a - b for a, b in zip(skip.size()[2:], x.size()[2:], strict=True))
                    x = join(torch.cat((skip, F.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])), dim=1))
                return self.last(x)

        net, x = UNet(), torch.randn(2, 1, 10, 10)
        mask = (x > 0).to(x.dtype)
        optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-2, momentum=0.9, foreach=True)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=0, factor=0.5)
        scaler, losses = torch.amp.GradScaler("cpu", enabled=False), []
        for _ in range(4):
            with torch.autocast("cpu", enabled=False):
                logits = net(x)
                p = torch.sigmoid(logits)
                overlap = 2 * (p * mask).sum(dim=(-1, -2)) / (p + mask).sum(dim=(-1, -2))
                loss = nn.BCEWithLogitsLoss()(logits.squeeze(1), mask.squeeze(1)) + 1 - overlap.mean()
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_value_(net.parameters(), 0.5)
            scaler.step(optimizer)
            scaler.update()
            scheduler.step(overlap.mean())
            losses.append(loss.item())
        return {"losses": losses, "net": net, "rate": optimizer.param_groups[0]["lr"]}

    same(program)


def test_small_nets_for_small_machines():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class Excite(nn.Module):
            def __init__(self, c):
                super().__init__()
                self.pool = nn.AdaptiveAvgPool2d(1)
                self.fc = nn.Sequential(nn.Linear(c, c // 2, bias=False), nn.ReLU(), nn.Linear(c // 2, c), nn.Sigmoid())

            def forward(self, x):
                b, c, _, _ = x.size()
                return x * self.fc(self.pool(x).view(b, c)).view(b, c, 1, 1).expand_as(x)

        class Mixer(nn.Module):
            def __init__(self, patches, dim):
                super().__init__()
                self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(2))
                self.tokens, self.channels = nn.Linear(patches, patches), nn.Linear(dim, dim)

            def forward(self, x):
                x = x + F.gelu(self.tokens(self.norms[0](x).transpose(1, 2))).transpose(1, 2)
                return x + F.gelu(self.channels(self.norms[1](x)), approximate="tanh")

        class Points(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.fc = nn.Conv1d(3, 8, 1), nn.Linear(8, 9)

            def forward(self, x):
                y = torch.max(F.relu(self.conv(x)), 2, keepdim=True)[0].view(-1, 8)
                m = (self.fc(y) + torch.eye(3).flatten().view(1, 9).repeat(x.size(0), 1)).view(-1, 3, 3)
                away = torch.norm(torch.bmm(m, m.transpose(2, 1)) - torch.eye(3)[None], dim=(1, 2)).mean()
                return torch.bmm(x.transpose(2, 1), m).transpose(2, 1), away

        mobile = nn.Sequential(nn.Conv2d(4, 8, 1), nn.Hardswish(), nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=False),
                               nn.BatchNorm2d(8), nn.ReLU6(inplace=True), Excite(8), nn.PixelShuffle(2))  # fmt: skip
        mixer, points = Mixer(4, 12), Points()
        parts = nn.ModuleDict({"mobile": mobile, "mixer": mixer, "points": points})
        optimizer, losses = torch.optim.RAdam(parts.parameters(), lr=1e-2), []
        image, cloud, target = torch.randn(2, 4, 4, 4), torch.randn(2, 3, 5), torch.zeros(2, 4, 12)
        for _ in range(3):
            patches = image.unfold(2, 2, 2).unfold(3, 2, 2).permute(0, 2, 3, 1, 4, 5).reshape(2, 4, -1)[..., :12]
            turned, away = points(cloud)
            loss = mobile(image).pow(2).mean() + F.huber_loss(mixer(patches), target) + turned.abs().mean() + away
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(parts, f"{sum(p.numel() for p in parts.parameters() if p.requires_grad):,}")
        return {"losses": losses, "parts": parts}

    same(program)
