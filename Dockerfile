# The page of news-rag in a container: docker compose up; see compose.yaml.
#
# torch is needed for other embedding models than the default one. Its wheel for Linux at PyPI brings gigabytes of CUDA:
# the one for CPUs is had from PyTorch's own index only, which this argument names. Where there are GPUs:
#   docker build --build-arg TORCH_INDEX=https://pypi.org/simple .
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

FROM python:3.11-slim AS installed
ARG TORCH_INDEX
WORKDIR /source
RUN python -m venv /opt/news-rag
COPY pyproject.toml constraints.txt README.md LICENSE ./
# Alone and first: it is the largest, and what changes most seldom. Of its version, the build for CPUs is another one.
RUN sed -n 's/^torch==\([0-9.]*\).*/torch==\1/p' constraints.txt > torch.txt \
    && /opt/news-rag/bin/pip install --no-cache-dir --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple --requirement torch.txt
COPY rag rag
COPY index index
RUN grep -v '^torch==' constraints.txt > others.txt \
    && /opt/news-rag/bin/pip install --no-cache-dir --constraint others.txt '.[openai]'

FROM python:3.11-slim
# Weights come in wheels; nothing is fetched when it runs, and nobody is told that it does.
ENV PATH=/opt/news-rag/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    TRANSFORMERS_OFFLINE=1 \
    HF_HUB_DISABLE_TELEMETRY=1 \
    GRADIO_ANALYTICS_ENABLED=False \
    RAG_INDEX=/data/index
RUN useradd --create-home --uid 10001 news && install --directory --owner news --group news /data
COPY --from=installed /opt/news-rag /opt/news-rag
USER news
WORKDIR /home/news
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
# Inside of the container only: compose.yaml publishes the port to this machine, and to nobody else.
CMD ["rag", "chat", "--host", "0.0.0.0", "--port", "7860", "--log", "json"]
